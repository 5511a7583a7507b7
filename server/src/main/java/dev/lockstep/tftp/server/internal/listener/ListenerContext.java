package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.server.internal.session.EvictionQueue;
import dev.lockstep.tftp.server.internal.session.FileOpenQueue;
import dev.lockstep.tftp.server.internal.session.PortPool;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import dev.lockstep.tftp.server.internal.validation.AddressValidation;
import dev.lockstep.tftp.server.storage.Storage;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The state that the listening sockets of one server share.
 *
 * @param isBroadcastOrMulticast returns true for an address that stands for more than one host
 * @param pool the ports of the port ranges
 * @param sharedPortOwners the socket that serves a peer whose transfer has no port of its own; safe for use by several
 *     threads
 * @param validation admits requests and bounds what unvalidated peers cost; safe for use by several threads
 * @param openings returns the queue in which files of a storage wait to be opened; safe for use by several threads
 * @param dallying the finished uploads that dally in case their last ACK was lost (RFC 1350, section 6). They do not
 *     count as running transfers, but hold a socket or a port, and are closed before a request is refused for lack of
 *     either. Safe for use by several threads
 */
record ListenerContext(
        Predicate<InetAddress> isBroadcastOrMulticast,
        PortPool pool,
        Map<TransferKey, SharedPort> sharedPortOwners,
        AddressValidation validation,
        Function<Storage, FileOpenQueue> openings,
        EvictionQueue dallying) {}
