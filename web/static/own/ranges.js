// A slider beside a field moves its number and follows it; at the end of its way the field is empty.
document.addEventListener("input", ({ target }) => {
  if (target.dataset.moves) {
    const free = target.value === target.dataset.free;
    document.getElementById(target.dataset.moves).value = free ? "" : target.value;
    return;
  }
  const slider = target.id && document.querySelector(`[data-moves="${CSS.escape(target.id)}"]`);
  if (slider) slider.value = target.value.replace(",", ".") || slider.dataset.free;
});
