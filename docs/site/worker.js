/* Pages that are opened from a disk may start no worker: the search works in a hidden frame of the page there. */
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      const script = document.createElement("script");
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      this.inside = this.frame.contentWindow;
      this.inside.postMessage = (data) => setTimeout(() => this.onmessage?.({ data }));
      this.ready = new Promise((resolve) => (script.onload = resolve));
      script.onerror = () => this.onerror?.();
      script.src = address;
      this.inside.document.body.append(script);
    }

    postMessage(data) {
      this.ready.then(() => this.inside.onmessage?.({ data }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
