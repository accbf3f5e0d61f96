import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { metric, metricsNamespace } from '../../contract/names.ts';

/** A metric that the functions write themselves, over five minutes. */
export const ownMetric = (name: keyof typeof metric, statistic: string): Metric =>
  new Metric({
    namespace: metricsNamespace,
    metricName: metric[name],
    dimensionsMap: { service: 'streambed' },
    period: Duration.minutes(5),
    statistic,
  });
