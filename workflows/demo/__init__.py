"""An invented world for showing and trying out Sightline: nobody in it exists."""
