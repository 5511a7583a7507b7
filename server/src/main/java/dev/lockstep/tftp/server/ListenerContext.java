package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.storage.Storage;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the listening sockets of one server share.
 *
 * @param isBroadcastOrMulticast tells the addresses of more than one machine
 * @param pool the ports of the port ranges
 * @param sharedPortOwners which socket serves a peer whose transfer has no port of its own; safe on any thread
 * @param buckets what may be sent to whom before they have answered; safe on any thread
 * @param openings where the files of a storage wait to be opened; safe on any thread
 * @param unvalidated the children whose peers have not; safe on any thread
 * @param dallying the finished uploads that dally in case their last ACK was lost (RFC 1350, section 6): they hold no place,
 *     but a socket or a port, and are closed before a request is refused for lack of either; safe on any thread
 */
record ListenerContext(
        Predicate<InetAddress> isBroadcastOrMulticast,
        PortPool pool,
        Map<TransferKey, SharedPort> sharedPortOwners,
        ReplyBudget buckets,
        Function<Storage, FileOpenQueue> openings,
        UnvalidatedTransfers unvalidated,
        EvictionQueue dallying) {}
