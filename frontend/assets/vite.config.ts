import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;
const mojImages = resolve(here, "node_modules/@ministryofjustice/frontend/moj/assets/images");

export default defineConfig({
  root: here,
  base: "./",
  publicDir: resolve(here, "public"),
  resolve: { alias: { "moj-images": mojImages } },
  css: {
    // GOV.UK Frontend keeps one media query for a very old browser that the minifier cannot read.
    lightningcss: { errorRecovery: true },
    preprocessorOptions: { scss: { loadPaths: [here], quietDeps: true } },
  },
  build: {
    outDir: resolve(here, "../static_built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    // The content security policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ["chrome109", "firefox115", "safari15.6"],
    rolldownOptions: {
      input: {
        early: resolve(here, "src/early.ts"),
        main: resolve(here, "src/main.ts"),
        styles: resolve(here, "src/styles/main.scss"),
      },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
