import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { type CfnApi, LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { originHeader } from '../../contract/names.ts';
import type { Stage } from '../stage.ts';
import type { Keys } from '../keys.ts';
import type { Alarms } from './alarms.ts';
import { acknowledge, logicalId } from './checks.ts';
import { disablesDefault, gatewayHost } from './gateway-domain.ts';
import type { ServiceFunction } from './service-function.ts';

/** Name of the WebSocket stage; the first part of its path, and so the path that CloudFront sends there. */
export const socketStage = 'realtime';

/** The WebSocket API. Only `$connect` is guarded, by a single-use ticket; after that the connection itself is the proof. */
export class Sockets extends Construct {
  readonly api: WebSocketApi;
  /** Host name at which CloudFront reaches the API. */
  readonly host: string;
  /** `wss://...`: the gateway itself. Functions post to sockets through it. */
  readonly url: string;
  readonly #domain: string | undefined;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly alarms: Alarms }) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `Streambed-${props.stage.name}-sockets`,
      routeSelectionExpression: '$request.body.op',
    });
    const { stage } = props;
    if (disablesDefault(stage)) (this.api.node.defaultChild as CfnApi).disableExecuteApiEndpoint = true;
    const apiStage = this.#addStage(stage);
    this.host = gatewayHost(this, { stage, name: 'sockets', api: this.api, apiStage, path: socketStage });
    this.url = `${disablesDefault(stage) ? `wss://${this.host}` : this.api.apiEndpoint}/${socketStage}`;
    this.#domain = stage.domain?.name;
    props.alarms.add('SocketErrors', {
      runbook: 'socket-errors',
      says: 'Frames or connections fail inside the service.',
      metric: new MathExpression({
        expression: 'inside + calling',
        usingMetrics: {
          inside: this.api.metric('IntegrationError', { statistic: 'Sum' }),
          calling: this.api.metric('ExecutionError', { statistic: 'Sum' }),
        },
        period: Duration.minutes(5),
        label: 'Errors of sockets',
      }),
      above: 5,
      periods: 1,
    });
  }

  /** Sets the function that checks tickets and, with a domain, that the request comes through the front; and the function for all routes. */
  connect(authorizer: ServiceFunction, handler: ServiceFunction, keys: Keys): void {
    const identitySource = ['route.request.querystring.ticket'];
    if (this.#domain !== undefined) {
      keys.grantCheckOrigin(authorizer);
      // The gateway itself answers 401 when one is missing.
      identitySource.push(`route.request.header.${originHeader}`);
    }
    const integration = new WebSocketLambdaIntegration('Socket', handler);
    this.api.addRoute('$connect', {
      integration,
      returnResponse: true,
      authorizer: new WebSocketLambdaAuthorizer('Ticket', authorizer, { identitySource }),
    });
    const others = [
      this.api.addRoute('$default', { integration, returnResponse: true }),
      this.api.addRoute('$disconnect', { integration }),
    ];
    for (const route of others) acknowledge(route, 'AwsSolutions-APIG4', 'API Gateway authorizes sockets at $connect only');
  }

  /** Lets a function post to sockets and close them. The function must run outside of the network, which has no route to `@connections`. */
  grantPost(fn: ServiceFunction): void {
    const connections = ['POST', 'DELETE'].map((method) =>
      Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${socketStage}/${method}/@connections/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    fn.allow(['execute-api:ManageConnections'], ...connections);
    for (const method of ['POST', 'DELETE']) {
      const resource = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${logicalId(this.api)}>`;
      acknowledge(
        fn.role,
        `AwsSolutions-IAM5[Resource::${resource}/${socketStage}/${method}/@connections/*]`,
        'Any connection of this one stage',
      );
    }
    fn.set('realtimeUrl', this.url);
  }

  /** Gives a function the public socket address. It needs no permission, because the ticket is the proof. */
  tell(fn: ServiceFunction): void {
    fn.set('realtimeUrl', this.#domain === undefined ? this.url : `wss://${this.#domain}/${socketStage}`);
  }

  #addStage(stage: Stage): WebSocketStage {
    const logGroup = new LogGroup(this, 'AccessLog', {
      retention: stage.logs.retention,
      removalPolicy: stage.logs.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const socket = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: socketStage,
      autoDeploy: true,
      throttle: { rateLimit: stage.socket.rate, burstLimit: stage.socket.burst },
      detailedMetricsEnabled: true,
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLogFormat },
    });
    socket.node.addDependency(this.#letGatewayLog());
    return socket;
  }

  /** One role per account and region writes the logs of all WebSocket stages, so it outlives each stack. */
  #letGatewayLog(): CfnAccount {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(
      role,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'API Gateway asks for exactly this policy',
    );
    const account = new CfnAccount(this, 'LogAccount', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    route: '$context.routeKey',
    event: '$context.eventType',
    connectionId: '$context.connectionId',
    status: '$context.status',
    error: '$context.error.message',
    functionError: '$context.integrationErrorMessage',
    functionMilliseconds: '$context.integrationLatency',
    authorizerError: '$context.authorizer.error',
  }),
);
