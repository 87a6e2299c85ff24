/** A real Chromium for tests of pages: one browser a test file, pages from files on disk, and a watch on what they ask for and complain of. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Where Debian, Ubuntu and the browser's own packages put it. */
const wellKnown = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser's path; null where there is none and none is required. */
export function chromiumPath(): string | null {
  const named = process.env['STORMGLASS_CHROMIUM'];
  const found = named ?? wellKnown.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.env['STORMGLASS_REQUIRE_CHROMIUM'] === undefined) return null;
  throw new Error('STORMGLASS_REQUIRE_CHROMIUM is set, and no Chromium was found: set STORMGLASS_CHROMIUM.');
}

/** Why tests are skipped, for the title of their suite; '' where they run. */
export const whySkipped =
  chromiumPath() === null ? ' (skipped: no Chromium here; STORMGLASS_CHROMIUM names one)' : '';

/** How a page is opened. */
export interface Opening {
  /** CSS pixels; 1440 × 1000 unless said. */
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly scripts?: boolean;
  readonly reducedMotion?: boolean;
  /** With a finger in the place of a mouse. */
  readonly touch?: boolean;
  /** With the clipboard refused, as pages from files have it in some browsers. */
  readonly noClipboard?: boolean;
  /** The fragment of the address, with `#`. */
  readonly fragment?: string;
}

/** An opened page, and what it did. */
export interface OpenedPage {
  readonly page: Page;
  /** Addresses that were asked for, the file itself among them. */
  readonly requests: readonly string[];
  /** What the console was told as errors or warnings, and what was thrown. */
  readonly complaints: readonly string[];
}

/** The browser of a test file. */
export class TestBrowser {
  #browser: Browser | null = null;
  readonly #contexts: BrowserContext[] = [];
  /** A folder that is removed after the tests. */
  readonly folder = mkdtempSync(join(tmpdir(), 'stormglass-page-'));

  async start(): Promise<void> {
    const executablePath = chromiumPath();
    if (executablePath === null) return;
    this.#browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  }

  /** Closes the pages that were opened, not the browser. */
  async closePages(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
  }

  async stop(): Promise<void> {
    await this.closePages();
    await this.#browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Opens a file, and waits until its scripts have drawn it where they run. */
  async openPage(file: string, opening: Opening = {}): Promise<OpenedPage> {
    const { width = 1440, height = 1000, scripts = true } = opening;
    const context = await this.#browser!.newContext({
      viewport: { width, height },
      colorScheme: opening.dark === true ? 'dark' : 'light',
      javaScriptEnabled: scripts,
      hasTouch: opening.touch === true,
      reducedMotion: opening.reducedMotion === true ? 'reduce' : 'no-preference',
      permissions: opening.noClipboard === true ? [] : ['clipboard-read', 'clipboard-write'],
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(pathToFileURL(file).href + (opening.fragment ?? ''));
    if (scripts) await page.waitForSelector('html[data-ready="true"]', { timeout: 20_000 });
    return { page, requests, complaints };
  }
}

/** A browser for the tests of one file, started before them and ended after them. */
export function testBrowser(): TestBrowser {
  const browser = new TestBrowser();
  beforeAll(() => browser.start(), 60_000);
  afterAll(() => browser.stop(), 30_000);
  return browser;
}
