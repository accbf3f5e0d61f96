import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { wire } from '../platform/wire.ts';
import { openObjects } from './objects.ts';
import { fileTable } from './table.ts';

const app = wire({ db: openDatabase, keys: openKeys, objects: openObjects });

export const handler = httpHandler(app, fileTable(app));
