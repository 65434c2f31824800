// Keeps the worker of the app, which shows a page of its own where the line is gone (templates/web/worker.js).

export function installed(): void {
  const place = document.body.dataset.worker;
  if (!place || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register(place).catch(() => undefined); // without it the browser's own page stands there
  });
}
