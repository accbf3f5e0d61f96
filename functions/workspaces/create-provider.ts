import { newId } from '../../contract/ids.ts';
import type { CreateProvider, Provider } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { accessProviders } from './providers.ts';
import { insertProvider } from './store.ts';

export async function createProvider(
  app: Pick<App, 'db' | 'clock'>,
  caller: UserCaller | ApiKeyCaller,
  input: CreateProvider,
): Promise<Provider> {
  return app.db.transaction(caller, async (tx) => {
    await accessProviders(tx, caller, 'create');
    const createdAt = app.clock.now();
    const provider = await insertProvider(tx, {
      id: newId('provider', createdAt.getTime()),
      kind: input.kind,
      name: input.name,
      createdAt,
    });
    if (!provider) {
      throw new AppError('conflict', 'Another provider has this name.', {
        errors: [{ path: 'body.name', message: 'is taken by another provider; choose another' }],
      });
    }
    return provider;
  });
}
