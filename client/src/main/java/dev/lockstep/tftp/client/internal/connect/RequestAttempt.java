package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferIds;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import io.netty.channel.EventLoop;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * A request with one set of options and a TID of its own, and the transfer that follows.
 *
 * @param server the server's address and its port for requests
 * @param asked the requested options
 * @param transfer receives the result
 */
public record RequestAttempt(
        ClientOperation operation,
        InetSocketAddress server,
        Options asked,
        TransferContext context,
        EventLoop loop,
        RunningTransfer transfer) {
    /** Size in bytes of a receive buffer for an OACK or ERROR. */
    private static final int SMALL_DATAGRAM = 1500;
    /** Approximate number of bytes that the kernel accounts for a datagram in addition to its payload. */
    private static final int KERNEL_OVERHEAD = 768;
    /** Default size in bytes of a receive buffer on Linux. A smaller one is never requested. */
    private static final int DEFAULT_RECEIVE_BUFFER = 212_992;

    /** Returns an attempt with other options. */
    public RequestAttempt asking(Options other) {
        return new RequestAttempt(operation, server, other, context, loop, transfer);
    }

    /**
     * Opens the socket and begins the handshake.
     *
     * @param refused called on the event loop if there is no transfer
     * @param ended called on the event loop when the transfer has ended
     */
    public void start(
            ClientSockets sockets,
            List<PacketTap> taps,
            Consumer<TftpException> refused,
            Consumer<TransferEvent.Ended> ended) {
        Request request = operation.request(asked);
        TransferEvent.Requested requested = new TransferEvent.Requested(TransferIds.next(), server, request);
        TransferListener listener = event -> {
            context.listener().on(event);
            if (event instanceof TransferEvent.Ended end) {
                ended.accept(end);
            }
        };
        Consumer<TftpException> onRefused = cause -> {
            context.listener()
                    .on(new TransferEvent.Refused(
                            requested.transferId(), server, request, RefusalReason.NOT_GRANTED, cause));
            refused.accept(cause);
        };
        context.listener().on(requested);
        transfer.enter(cause -> {}); // until the socket is open
        sockets.open(
                loop,
                needs(),
                pipeline -> {
                    taps.forEach(tap -> pipeline.addLast(tap.attach(server, request)));
                    ClientHandshake handshake =
                            new ClientHandshake(operation, requested, context.withListener(listener), onRefused);
                    pipeline.addLast(handshake);
                    transfer.enter(handshake::cancel);
                },
                cause -> refused.accept(
                        new TftpException(ErrorCode.NOT_DEFINED, "no socket: " + cause.getMessage(), cause)));
    }

    private ClientSockets.Needs needs() {
        TransferSettings requested = Negotiation.settingsOf(asked);
        return new ClientSockets.Needs(
                server.getAddress() instanceof Inet6Address,
                receiveBuffer(requested),
                Math.max(SMALL_DATAGRAM, requested.blksize() + TftpCodec.DATA_HEADER),
                requested.windowsize() > 1);
    }

    /** Completes the transfer with the result of this attempt. */
    public void complete(TransferEvent.Ended ended) {
        Outcome outcome = ended.outcome();
        if (outcome == Outcome.COMPLETE || outcome == Outcome.UNCONFIRMED && isProbablyThere(ended)) {
            transfer.complete(
                    new TransferResult(operation.remote(), ended.peer(), ended.settings(), ended.stats(), outcome));
        } else {
            transfer.fail(ended.cause());
        }
    }

    /**
     * Returns whether an unconfirmed put is probably complete. That requires an idle timeout instead of an ERROR, and
     * at least one acknowledged block.
     */
    private static boolean isProbablyThere(TransferEvent.Ended ended) {
        return !ended.cause().isFromPeer() && ended.stats().blocks() > 0;
    }

    /** Returns whether no block has arrived, the blocks may exceed the path MTU, and the peer still replies. */
    public boolean lostLargeBlocks(TransferEvent.Ended ended) {
        return ended.outcome() == Outcome.FAILED
                && !ended.cause().isFromPeer()
                && PmtuBlackHole.isSuspected(ended.settings(), ended.stats());
    }

    /**
     * Returns the size of the receive buffer in bytes. A whole window must fit into it; otherwise each window loses
     * blocks.
     */
    private static int receiveBuffer(TransferSettings requested) {
        long window = requested.windowsize() * (2L * requested.blksize() + KERNEL_OVERHEAD);
        return (int) Math.max(DEFAULT_RECEIVE_BUFFER, Math.min(window, Integer.MAX_VALUE / 2));
    }
}
