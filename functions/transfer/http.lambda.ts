import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { transferTable } from './table.ts';

const app = { db: openDatabase(), clock: systemClock };

export const handler = httpHandler(app, transferTable(app));
