/**
 * Integration with the environment of the daemon: a TCP probe for load balancers and orchestrators, and notifications
 * for the service manager.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.service.Probe}.
 */
package dev.lockstep.tftp.server.service;
