/**
 * Integration with the environment of the daemon: socket activation, notifications for the service manager, and a TCP
 * probe for load balancers and orchestrators.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.service.ServiceNotifier} and
 * {@link dev.lockstep.tftp.server.internal.service.TcpProbe}.
 */
package dev.lockstep.tftp.server.internal.service;
