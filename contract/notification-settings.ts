import * as z from 'zod';

/** Level of notifications in streams whose own level is `default`. `default`: mentions, direct messages, replies in followed threads. */
export const NotificationLevel = z.enum(['all', 'default', 'none']).meta({ id: 'NotificationLevel' });
export type NotificationLevel = z.infer<typeof NotificationLevel>;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:00' });
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin' })
  .meta({ example: 'Europe/Berlin' });

/** Hours without notifications, in the member's time zone. `to` before `from` is on the next day. */
export const QuietHours = z.strictObject({ from: clockTime, to: clockTime, timeZone }).meta({ id: 'QuietHours' });
export type QuietHours = z.infer<typeof QuietHours>;

/** A member's own settings. Null leaves it to the workspace. */
export const NotificationSettings = z
  .strictObject({
    level: NotificationLevel.nullable(),
    quietHours: QuietHours.nullable(),
    incidents: z.boolean().describe('Incidents that are opened, reopened or become more severe'),
    email: z.boolean().describe('Unread mentions by mail, where no device gets notifications'),
  })
  .meta({ id: 'NotificationSettings' });
export type NotificationSettings = z.infer<typeof NotificationSettings>;

/** Settings of a workspace for members who have set nothing. */
export const NotificationDefaults = z
  .strictObject({
    level: NotificationLevel,
    showText: z.boolean().describe('Notifications and mails hold the text of messages'),
  })
  .meta({ id: 'NotificationDefaults' });
export type NotificationDefaults = z.infer<typeof NotificationDefaults>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Minutes after midnight of a time of day. */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Tells if a moment is within quiet hours. Equal times are the whole day. */
export function isQuiet({ from, to, timeZone: zone }: QuietHours, at: Date): boolean {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const [now, start, end] = [shown, from, to].map(minutesOf) as [number, number, number];
  return start < end ? now >= start && now < end : now >= start || now < end;
}
