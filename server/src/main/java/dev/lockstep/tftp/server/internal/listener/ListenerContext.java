package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.session.EvictionQueue;
import dev.lockstep.tftp.server.internal.session.FileOpenQueue;
import dev.lockstep.tftp.server.internal.session.PortPool;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.internal.validation.AddressValidation;
import dev.lockstep.tftp.server.storage.Storage;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The settings and the state that the listening sockets of one server share.
 *
 * @param transfers the settings and resources that transfers share
 * @param quota the limits of running transfers
 * @param openings returns the queue in which files of a storage wait to be opened
 * @param ports the ports of the port ranges
 * @param sharedPortOwners the socket that serves a peer whose transfer has no port of its own
 * @param validation admits requests and bounds what unvalidated peers cost
 * @param dallying the finished uploads that dally in case their last ACK was lost (RFC 1350, section 6). They do not
 *     count as running transfers, but hold a socket or a port, and are closed before a request is refused for lack of
 *     either
 */
@ThreadSafe
public record ListenerContext(
        ServerConfig config,
        TransferContext transfers,
        Transport transport,
        TransferQuota quota,
        Function<Storage, FileOpenQueue> openings,
        PortPool ports,
        Map<TransferKey, SharedPortDemultiplexer> sharedPortOwners,
        AddressValidation validation,
        EvictionQueue dallying) {
    /** Creates the state of a server that has received no request. */
    public ListenerContext(
            ServerConfig config,
            TransferContext transfers,
            Transport transport,
            TransferQuota quota,
            Function<Storage, FileOpenQueue> openings) {
        this(
                config,
                transfers,
                transport,
                quota,
                openings,
                new PortPool(),
                new ConcurrentHashMap<>(),
                new AddressValidation(config.amplificationLimits(), new SecureRandom().nextLong()),
                new EvictionQueue(config.maxTransfers()));
    }
}
