const columns = 16;

/** Lays the small pictures of a copy out as the server does: in square cells, each whole in the middle, on white. */
export async function composeSheet(folder: string, { searchParams }: URL, signal: AbortSignal): Promise<Response> {
  const side = Number(searchParams.get('size') ?? 64);
  const images = (searchParams.get('images') ?? '').split(',');
  const canvas = new OffscreenCanvas(side * Math.min(images.length, columns), side * Math.ceil(images.length / columns));
  const context = canvas.getContext('2d');
  if (!context) return Response.error();
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  await Promise.all(images.map(async (image, cell) => {
    const answer = await fetch(`${folder}/thumbnails/${image}.jpg`, { signal });
    if (!answer.ok) return;
    const picture = await createImageBitmap(await answer.blob());
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width * scale, picture.height * scale];
    const [left, top] = [(cell % columns) * side, Math.floor(cell / columns) * side];
    context.drawImage(picture, left + (side - width) / 2, top + (side - height) / 2, width, height);
    picture.close();
  }));
  return new Response(await canvas.convertToBlob());
}
