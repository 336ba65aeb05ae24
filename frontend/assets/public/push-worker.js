/* Shows that there is something new, and opens the notifications when it is chosen. */
self.addEventListener("push", (event) => {
  let words = "There is something new.";
  try {
    words = event.data.json().body || words;
  } catch {
    // What cannot be read is still something new.
  }
  event.waitUntil(self.registration.showNotification("Sightline", { body: words, tag: "sightline" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/notifications/"));
});
