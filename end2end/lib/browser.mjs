// Chromium, and contexts that note everything a page should not do.

import { chromium } from 'playwright-core';

const root = process.getuid?.() === 0;

// Without the network, and without what a browser does on its own account.
export function launch() {
  return chromium.launch({
    executablePath: process.env.ROUTEBOOK_CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: !root,
    args: [
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}

// The same for everyone who runs it: language, time zone, and nothing that moves.
export function newContext(browser, options = {}) {
  return browser.newContext({
    locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', viewport: { width: 1280, height: 800 },
    ...options,
  });
}

// A list that grows: errors and warnings in the console (hydration, Content-Security-Policy),
// exceptions, and requests to us that fail.
export function watch(context, baseUrl, { javaScriptEnabled = true } = {}) {
  const problems = [];
  const ours = (url) => url.startsWith(baseUrl);
  context.on('console', (message) => {
    const { url } = message.location();
    // What the provider's pages do is not ours.
    if (url && !ours(url) && !ours(message.page()?.url() ?? '')) return;
    // Said of a page that stays open without an island in it, or without scripts: nothing is wrong.
    if (message.text().includes('was preloaded using link preload but not used')) return;
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console ${message.type()}: ${message.text()} (${url})`);
    }
  });
  context.on('weberror', (event) => problems.push(`exception: ${event.error()?.message}`));
  context.on('requestfailed', (request) => {
    // A navigation cuts short what the page before it was still loading: that is no failure.
    const reason = request.failure()?.errorText;
    // Without scripts the browser refuses to preload them.
    if (!javaScriptEnabled && request.resourceType() === 'script') return;
    if (ours(request.url()) && reason !== 'net::ERR_ABORTED') {
      problems.push(`request: ${request.method()} ${request.url()}: ${reason}`);
    }
  });
  context.on('response', (response) => {
    if (ours(response.url()) && response.status() >= 400) {
      problems.push(`response: ${response.status()} ${response.request().method()} ${response.url()}`);
    }
  });
  return problems;
}
