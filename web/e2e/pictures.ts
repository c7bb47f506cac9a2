/** A picture of one colour as an uncompressed BMP file. */
export function bmp(width: number, height: number, colour: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const header = 54;
  const file = Buffer.alloc(header + stride * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(header, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) file.writeUIntLE(colour, header + y * stride + x * 3, 3);
  }
  return file;
}
