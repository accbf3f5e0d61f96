import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { openObjects } from './objects.ts';
import { fileTable } from './table.ts';

const app = { db: openDatabase(), keys: openKeys(), clock: systemClock, objects: openObjects(systemClock) };

export const handler = httpHandler(app, fileTable(app));
