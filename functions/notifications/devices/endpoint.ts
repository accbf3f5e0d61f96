import { createPublicKey } from 'node:crypto';
import type { RegisterSubscription } from '../../../contract/push.ts';
import { AppError } from '../../platform/errors.ts';

/** Hosts of the push services of Chrome, Firefox, Safari and Edge; `*.` stands for any host below. */
const vendors = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.services.mozilla.com',
  'web.push.apple.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

/**
 * Tells if notifications may be sent to an address: https at a known push service, at the usual port. `more` are further hosts of the stage; the
 * local one lists whole origins, which may be without TLS.
 */
export function isPushEndpoint(endpoint: string, more: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, username, password, origin } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (more.includes(origin)) return true;
  if (protocol !== 'https:' || port !== '') return false;
  return [...vendors, ...more].some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host));
}

/** Reads the list of further hosts from its setting. */
export const hostsOf = (setting: string | undefined): readonly string[] => setting?.split(',').filter((host) => host !== '') ?? [];

/** Refuses a subscription that nothing can be sent to. */
export function checkSubscription({ endpoint, keys }: RegisterSubscription, more: readonly string[]): void {
  if (!isPushEndpoint(endpoint, more)) {
    throw bad('body.endpoint', 'must be an https address at the push service of a known browser; docs/deploy.md says how to add others');
  }
  if (!isPoint(keys.p256dh)) throw bad('body.keys.p256dh', 'must be an uncompressed point on the curve P-256');
}

const bad = (path: string, message: string): AppError =>
  new AppError('invalid_input', `${path}: ${message}`, { errors: [{ path, message }] });

function isPoint(p256dh: string): boolean {
  const bytes = Buffer.from(p256dh, 'base64url');
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((part) => part.toString('base64url'));
  try {
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    return true;
  } catch {
    return false;
  }
}
