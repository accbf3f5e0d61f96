/** Settings of notifications to browsers. */
export interface PushSettings {
  /** `mailto:` or https address of who runs the stage, for push services (RFC 8292). Undefined sends no notifications. */
  readonly contact: string | undefined;
  /** Hosts of push services besides those of the known browsers. */
  readonly hosts: readonly string[];
}

type Read = (key: string) => string | undefined;
interface Known {
  readonly name: string;
  readonly domain: string | undefined;
  readonly alarmEmail: string | undefined;
}

/** Contact of the local stage. Nothing leaves the machine: its browsers get notifications only through hosts that a test adds. */
const localContact = 'mailto:streambed@local.example';
/** Sender of the local stage, whose mails are written to files; the runner puts its own address of the page in. */
const localSender = 'streambed@local.example';
const localUrl = 'http://127.0.0.1:3000';

/**
 * Reads the settings of notifications from the context. Without `pushContact` the contact is who gets the alarms, or the page itself. Throws for
 * a contact that push services refuse.
 */
export function readPush(read: Read, { name, domain, alarmEmail }: Known): PushSettings {
  const isLocal = name === 'local';
  const usual = isLocal ? localContact : alarmEmail === undefined ? domain && `https://${domain}` : `mailto:${alarmEmail}`;
  const contact = read('pushContact') ?? usual;
  if (contact !== undefined) checkContact(contact);
  const hosts = read('pushHosts')?.split(',') ?? [];
  for (const host of hosts) checkHost(host, isLocal);
  return { contact, hosts };
}

/** Address of the page: that of its domain, or the one of CloudFront that `publicUrl` gives. */
export function readPublicUrl(read: Read, { name, domain }: Pick<Known, 'name' | 'domain'>): string | undefined {
  const url = read('publicUrl');
  if (url !== undefined && !/^https?:\/\/[^/?#\s]+$/.test(url))
    throw new Error(`-c publicUrl=... must be such as https://talk.example.com, and is ${url}`);
  return url ?? (name === 'local' ? localUrl : domain && `https://${domain}`);
}

/** Reads the sender of mails. Throws for what is no address, and without an address of the page, which the links in mails need. */
export function readMailFrom(read: Read, { name }: Pick<Known, 'name'>, publicUrl: string | undefined): string | undefined {
  const from = read('mailFrom') ?? (name === 'local' ? localSender : undefined);
  if (from === undefined) return undefined;
  if (!/^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$/.test(from))
    throw new Error(`-c mailFrom=... must be an address such as streambed@example.com, and is ${from}`);
  if (publicUrl === undefined)
    throw new Error('-c mailFrom=... needs -c domainName=... or -c publicUrl=... too: mails hold links to the page');
  return from;
}

function checkContact(contact: string): void {
  const isMail = /^mailto:[^@\s]+@[^@\s]+\.[^@\s]+$/.test(contact);
  const isPage = URL.canParse(contact) && new URL(contact).protocol === 'https:';
  const isHere = /^https:\/\/(localhost|127\.|\[::1\])|@localhost$/.test(contact);
  if ((!isMail && !isPage) || isHere)
    throw new Error(
      `-c pushContact=... must be mailto:somebody@example.com or an https address, which push services can reach, and is ${contact}`,
    );
}

/** Private addresses and names without a dot are none of a push service. A test of the local stage adds origins on loopback. */
function checkHost(host: string, isLocal: boolean): void {
  if (isLocal && /^http:\/\/127\.0\.0\.1:\d+$/.test(host)) return;
  if (!/^(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host) || /\.(local|internal|localhost)$/.test(host))
    throw new Error(`-c pushHosts=... must be public host names such as push.example.com,*.push.example.com, and has ${host}`);
}
