package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferSettings;
import io.netty.channel.EventLoop;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * One exchange with one set of options, with a TID of its own.
 *
 * @param server its address and the port for requests
 */
record RequestAttempt(
        ClientOperation exchange,
        InetSocketAddress server,
        Options asked,
        TransferContext context,
        EventLoop loop,
        RunningTransfer transfer) {
    /** Room for an OACK or an ERROR of any sensible length. */
    private static final int SMALL_DATAGRAM = 1500;
    /** What the kernel counts for a datagram beside its bytes, roughly. */
    private static final int KERNEL_OVERHEAD = 768;
    /** What a socket has without being asked on Linux: never less than that. */
    private static final int DEFAULT_RECEIVE_BUFFER = 212_992;

    /** The same with other options. */
    RequestAttempt asking(Options other) {
        return new RequestAttempt(exchange, server, other, context, loop, transfer);
    }

    /**
     * Opens the socket and begins the handshake.
     *
     * @param refused told on the event loop if there is no transfer
     * @param ended told on the event loop if there was one
     */
    void start(
            ClientSockets sockets,
            List<PacketTap> taps,
            Consumer<TftpException> refused,
            Consumer<TransferEvent.Ended> ended) {
        Request request = exchange.request(asked);
        TransferListener listener = event -> {
            context.listener().on(event);
            if (event instanceof TransferEvent.Ended end) {
                ended.accept(end);
            }
        };
        Consumer<TftpException> unvalidated = cause -> {
            context.listener().on(new TransferEvent.Refused(server, request, cause));
            refused.accept(cause);
        };
        context.listener().on(new TransferEvent.Requested(server, request));
        transfer.enter(cause -> {}); // until there is a socket
        sockets.open(
                loop,
                needs(),
                pipeline -> {
                    taps.forEach(tap -> pipeline.addLast(tap.attach(server, request)));
                    ClientHandshake handshake =
                            new ClientHandshake(exchange, request, server, context.withListener(listener), unvalidated);
                    pipeline.addLast(handshake);
                    transfer.enter(handshake::cancel);
                },
                cause -> refused.accept(
                        new TftpException(ErrorCode.NOT_DEFINED, "no socket: " + cause.getMessage(), cause)));
    }

    private ClientSockets.Needs needs() {
        return new ClientSockets.Needs(
                server.getAddress() instanceof Inet6Address,
                receiveBuffer(),
                Math.max(SMALL_DATAGRAM, blksizeAsked() + TftpCodec.DATA_HEADER),
                windowsizeAsked() > 1);
    }

    /** The result is that of this attempt. */
    void complete(TransferEvent.Ended ended) {
        Outcome outcome = ended.outcome();
        if (outcome == Outcome.COMPLETE || outcome == Outcome.UNCONFIRMED && isProbablyThere(ended)) {
            transfer.complete(
                    new TransferResult(exchange.remote(), ended.peer(), ended.settings(), ended.stats(), outcome));
        } else {
            transfer.fail(ended.cause());
        }
    }

    /** Only silence leaves room for hope, and only where something was acknowledged before. */
    private static boolean isProbablyThere(TransferEvent.Ended ended) {
        return !ended.cause().isFromPeer() && ended.stats().blocks() > 0;
    }

    /** Whether nothing arrived of blocks that may be too large for the path, and the other end is still there. */
    boolean lostLargeBlocks(TransferEvent.Ended ended) {
        return ended.outcome() == Outcome.FAILED
                && !ended.cause().isFromPeer()
                && PmtuBlackHole.isSuspected(ended.settings(), ended.stats());
    }

    /** A whole window must fit, or every window would be lost. */
    private int receiveBuffer() {
        long window = windowsizeAsked() * (2L * blksizeAsked() + KERNEL_OVERHEAD);
        return (int) Math.max(DEFAULT_RECEIVE_BUFFER, Math.min(window, Integer.MAX_VALUE / 2));
    }

    private int blksizeAsked() {
        return (int) asked.number(Options.BLKSIZE, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE)
                .orElse(TransferSettings.PLAIN.blksize());
    }

    private long windowsizeAsked() {
        return asked.number(Options.WINDOWSIZE, 1, TransferSettings.MAX_WINDOWSIZE)
                .orElse(1);
    }
}
