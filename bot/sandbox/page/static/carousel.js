// Cards side by side: the buttons move by what fits, and are there only while there is something to move to.
class CardRow extends HTMLElement {
  connectedCallback() {
    this.track = this.querySelector(".carousel-track");
    this.steps = [...this.querySelectorAll(".carousel-step")];
    for (const button of this.steps) button.onclick = () => this.move(Number(button.dataset.step));
    this.track.onscroll = () => this.show();
    this.sizes = new ResizeObserver(() => this.show());
    this.sizes.observe(this.track);
  }

  disconnectedCallback() {
    this.sizes.disconnect();
  }

  move(by) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.track.scrollBy({ left: by * this.track.clientWidth * 0.8, behavior: calm ? "instant" : "smooth" });
  }

  show() {
    const { scrollLeft, clientWidth, scrollWidth } = this.track;
    const ends = [scrollLeft < 4, scrollLeft + clientWidth > scrollWidth - 4];
    this.steps.forEach((button, at) => {
      // A button that has the focus stays, so that the focus is not lost.
      button.hidden = scrollWidth <= clientWidth + 4 || (ends[at] && document.activeElement !== button);
      button.setAttribute("aria-disabled", ends[at]);
    });
  }
}

if (!customElements.get("card-row")) customElements.define("card-row", CardRow);
