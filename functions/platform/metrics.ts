import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { metric } from '../../contract/names.ts';
import { metricsNamespace } from '../../contract/names.ts';

type Name = (typeof metric)[keyof typeof metric];

const store = new Metrics({ namespace: metricsNamespace, serviceName: 'streambed' });

/** Counts and times, written as one EMF line at the end of an invocation. */
export const metrics = {
  count(name: Name, value = 1): void {
    store.addMetric(name, MetricUnit.Count, value);
  },
  milliseconds(name: Name, value: number): void {
    store.addMetric(name, MetricUnit.Milliseconds, value);
  },
  flush(): void {
    if (store.hasStoredMetrics()) store.publishStoredMetrics();
  },
};
export type AppMetrics = typeof metrics;
