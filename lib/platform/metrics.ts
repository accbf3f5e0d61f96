import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { metric, metricsNamespace, metricsService } from '../../contract/names.ts';
import type { Stage } from '../stage.ts';

/** A custom metric of the functions, over five minutes. */
export const ownMetric = (stage: Stage, name: keyof typeof metric, statistic: string): Metric =>
  new Metric({
    namespace: metricsNamespace,
    metricName: metric[name],
    dimensionsMap: { service: metricsService(stage.name) },
    period: Duration.minutes(5),
    statistic,
  });
