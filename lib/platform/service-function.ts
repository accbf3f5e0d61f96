import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, RecursiveLoop, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '../../contract/names.ts';
import type { Stage } from '../stage.ts';
import type { Alarms } from './alarms.ts';
import { bundleSource } from './bundles.ts';
import { acknowledge } from './checks.ts';
import type { Network } from './network.ts';

/** Stage, bundles and alarms, which every construct of the service needs. */
export interface Platform {
  readonly stage: Stage;
  /** Folder of the bundles, see bundles.ts. */
  readonly code: string;
  readonly alarms: Alarms;
  readonly network: Network;
}

export interface ServiceFunctionProps {
  readonly platform: Platform;
  readonly description: string;
  readonly timeout: Duration;
  /** Processor time comes with memory: 1,769 MB are one whole processor. */
  readonly memoryMb: number;
  /** True for functions in front of Postgres; they cannot reach sockets or the internet from there. */
  readonly inNetwork: boolean;
  /** True for a function that calls services outside of the network. It runs in the subnets with the NAT gateway, if there are any. */
  readonly reachesOut?: boolean;
  /** True for background work that needs one environment only. It leaves database connections to the functions that answer people. */
  readonly alone?: boolean;
  /** Reserved environments, where not those of the stage. A worker has as many as its queue delivers batches at once. */
  readonly environments?: number;
  /**
   * True for a worker that sends delayed messages to its own queue. Lambda would stop that as a recursive loop; the worker itself limits
   * it.
   */
  readonly looksAgain?: boolean;
}

/**
 * A deployed function; the only place that configures one. Its bundle is named after its feature (the id of `scope`) and its id: `Http`
 * in `Streams` is the function StreamsHttp from `functions/streams/http.lambda.ts`. It starts with the permission to write its own log
 * and no other. `grantX(fn)` of the other constructs adds a permission together with its environment variable.
 */
export class ServiceFunction extends LambdaFunction {
  override readonly role: Role;
  /** The name without the stage: StreamsHttp. */
  readonly title: string;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const { stage, code, alarms, network } = props.platform;
    const name = `${scope.node.id}${id}`;
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do`,
    });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: stage.logs.retention,
      removalPolicy: stage.logs.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      functionName: `Streambed-${stage.name}-${name}`,
      description: props.description,
      code: codeOf(code, name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      ...(props.looksAgain ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      environment: environmentOf(stage, props.inNetwork),
      ...(props.inNetwork ? inside(network, stage, props) : {}),
    });
    this.role = role;
    this.title = name;
    logGroup.grantWrite(role);
    if (props.inNetwork) allowInterfaces(role);
    acknowledgePlatform(role, this, props.inNetwork);
    alarms.watchFunction(this, name);
  }

  /** Lists the functions created in a construct so far. */
  static allIn(scope: IConstruct): ServiceFunction[] {
    return scope.node.findAll().filter((construct) => construct instanceof ServiceFunction);
  }

  /** Sets an environment variable, by its name in the contract. */
  set(name: keyof typeof env, value: string): void {
    this.addEnvironment(env[name], value);
  }

  /** Gives exactly these permissions on exactly these resources. */
  allow(actions: string[], ...resources: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}

/** StreamsHttp is streams-http, RealtimeFanOut is realtime-fan-out. */
const kebab = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

function codeOf(directory: string, name: string): Code {
  const bundle = kebab(name);
  const path = join(directory, bundle);
  if (!existsSync(join(path, 'index.mjs'))) {
    throw new Error(`The function ${name} has no bundle ${path}/index.mjs: it is made from ${bundleSource(bundle)}, which must exist`);
  }
  return Code.fromAsset(path);
}

function environmentOf(stage: Stage, inNetwork: boolean): Record<string, string> {
  return {
    [env.stage]: stage.name,
    POWERTOOLS_LOG_LEVEL: stage.logs.level,
    NODE_OPTIONS: '--enable-source-maps',
    // Node does not trust the authority that signs RDS certificates; Lambda's own bundle contains it.
    ...(inNetwork ? { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } : {}),
  };
}

function inside(network: Network, { database: { environmentsPerFunction } }: Stage, props: ServiceFunctionProps) {
  const { reachesOut = false, alone = false, environments = environmentsPerFunction } = props;
  return {
    vpc: network.vpc,
    vpcSubnets: { subnets: network.subnetsFor(reachesOut) },
    securityGroups: [network.functions],
    // Undefined when the account has no concurrency to reserve.
    reservedConcurrentExecutions: environmentsPerFunction !== undefined && alone ? 1 : environmentsPerFunction && environments,
  };
}

/**
 * Lambda creates and deletes the function's network interfaces with the function's own role. AWS offers no narrower resource for these
 * actions.
 */
function allowInterfaces(role: Role): void {
  const actions = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets', 'DeleteNetworkInterface'];
  role.addToPolicy(new PolicyStatement({ actions: actions.map((action) => `ec2:${action}`), resources: ['*'] }));
}

function acknowledgePlatform(role: Role, fn: LambdaFunction, inNetwork: boolean): void {
  const wildcards = inNetwork ? 'X-Ray and network interfaces have no narrower resource' : 'X-Ray has no narrower resource';
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', wildcards);
  acknowledge(fn, 'Serverless-LambdaDLQ', 'Invoked synchronously, by the queue (which has a dead-letter queue) or every minute again');
}
