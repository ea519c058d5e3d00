// Stock Firefox with a synthetic camera and microphone, over WebDriver BiDi.
import { firefox } from 'playwright-core';
import { rememberPeers } from './browser.mjs';

/** @returns true when this Firefox offers H.264, which needs Cisco's plugin (fetched by Firefox itself, never packaged). */
export const offersH264 = (page) => page.evaluate(() =>
  RTCRtpSender.getCapabilities('video').codecs.some((each) => each.mimeType.toLowerCase() === 'video/h264'));

/**
 * Starts a Firefox of its own, whose camera shows one colour that changes and whose microphone hears a tone.
 *
 * @returns {page, errors, close()}: errors is what pages threw
 */
export async function startFirefox({ toneHz = 440, width = 1280, height = 760 } = {}) {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    timeout: 60000,
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.navigator.audio.fake_frequency': toneHz,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.gmp-manager.updateEnabled': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
  const errors = [];
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => errors.push(error.message));
  await rememberPeers(page);
  return { page, errors, close: () => browser.close().catch(() => undefined) };
}
