/**
 * How the daemon gets on with what runs it: a load balancer's or an orchestrator's probe over TCP, the service manager
 * that is to be told when it serves.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.service.Probe}.
 */
package dev.lockstep.tftp.server.service;
