import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../../web/src');

/** The component that all modal dialogs are made of. */
export const dialogComponent = 'ui/dialog.tsx';

const sources = (): (readonly [file: string, text: string])[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx') && file !== dialogComponent)
    .toSorted()
    .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);

/** The files of the web app that open something over the page which takes the focus, once for each that they open. */
export const dialogFiles = (): string[] =>
  sources().flatMap(([file, text]) =>
    [...text.matchAll(/<(Dialog|Modal|Drawer|Popover|HoverCard)(?=[\s>])|role="(alert)?dialog"|<dialog\b/g)].map(() => file),
  );

/** The files that pass by the component. */
export const filesWithOwnModal = (): string[] => sources().flatMap(([file, text]) => (/<Modal\b|\bModal[ ,]/.test(text) ? [file] : []));
