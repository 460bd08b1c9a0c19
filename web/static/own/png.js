// A picture as PNG: drawn here from the SVG that the link leads to, which stays the offer without scripts.
const SCALE = 2;

const drawn = async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-png]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await drawn(link.href));
  file.download = new URL(link.href).pathname.split("/").pop().replace(/svg$/, "png");
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10_000);
});
