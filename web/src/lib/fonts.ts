const patience = 200;

/**
 * Settles when the page's font is there, or a moment later without it: text
 * that stands in another font first would move everything when its own comes.
 */
export async function fontsLoaded(): Promise<void> {
  const faces = [300, 400, 600].map((weight) => document.fonts.load(`${weight} 1em "IBM Plex Sans"`));
  const late = new Promise<void>((settle) => { setTimeout(settle, patience); });
  await Promise.race([Promise.allSettled(faces), late]);
}
