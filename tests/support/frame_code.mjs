// Reads the frame code (pipelines/ingest/frame_code.h) of a video element inside a page.

/**
 * Runs in the page: defines `readFrameCode(video)`, which returns the meeting time in ms of the picture that is shown, or null.
 * The coded picture fills the video.
 */
export function installFrameCode() {
  const COLUMNS = 10;
  const ROWS = 4;
  const canvas = document.createElement('canvas');
  const checksum = (milliseconds) => {
    let crc = 0xff;
    for (let shift = 24; shift >= 0; shift -= 8) {
      crc ^= (milliseconds >>> shift) & 0xff;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x80 ? 0x107 : 0);
    }
    return crc & 0xff;
  };
  window.readFrameCode = (video) => {
    const width = video.videoWidth;
    const height = video.videoHeight;
    if (!width) return null;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    const pixels = context.getImageData(0, 0, width, height).data;
    const edgeX = (column) => Math.floor((width * (COLUMNS + 14 * column)) / (16 * COLUMNS));
    const edgeY = (row) => Math.floor((height * (ROWS + 10 * row)) / (16 * ROWS));
    const means = [];
    for (let cell = 0; cell < COLUMNS * ROWS; cell += 1) {
      const left = edgeX(cell % COLUMNS);
      const right = edgeX((cell % COLUMNS) + 1);
      const top = edgeY(Math.floor(cell / COLUMNS));
      const bottom = edgeY(Math.floor(cell / COLUMNS) + 1);
      let sum = 0;
      let count = 0;
      for (let y = Math.ceil((3 * top + bottom) / 4); y < (top + 3 * bottom) / 4; y += 1) {
        for (let x = Math.ceil((3 * left + right) / 4); x < (left + 3 * right) / 4; x += 1) {
          sum += pixels[4 * (y * width + x) + 1];
          count += 1;
        }
      }
      means.push(sum / count);
    }
    const darkest = Math.min(...means);
    const brightest = Math.max(...means);
    if (brightest - darkest < 40) return null;
    const bits = means.map((mean) => (mean > (darkest + brightest) / 2 ? 1 : 0));
    const number = (from, to) => bits.slice(from, to).reduce((value, bit) => value * 2 + bit, 0);
    return checksum(number(0, 32)) === number(32, 40) ? number(0, 32) : null;
  };
}
