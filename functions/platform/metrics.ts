import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { metric } from '../../contract/names.ts';
import { metricsNamespace, metricsService } from '../../contract/names.ts';
import { setting } from './config.ts';

type Name = (typeof metric)[keyof typeof metric];

/** Counters and durations, written as one EMF line at the end of an invocation. */
export interface AppMetrics {
  count(name: Name, value?: number): void;
  milliseconds(name: Name, value: number): void;
  flush(): void;
}

let store: Metrics | undefined;
const open = (): Metrics => (store ??= new Metrics({ namespace: metricsNamespace, serviceName: metricsService(setting('stage')) }));

export const metrics: AppMetrics = {
  count: (name, value = 1) => open().addMetric(name, MetricUnit.Count, value),
  milliseconds: (name, value) => open().addMetric(name, MetricUnit.Milliseconds, value),
  flush() {
    if (store?.hasStoredMetrics()) store.publishStoredMetrics();
  },
};
