package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.server.PortMode.Range;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.OptionalInt;

/** Opens each channel on a free port of the range that the port mode of the transfer names. */
public final class PortRangeOpener implements TransferChannelOpener {
    /** Limit of the ports of a range that are tried, since other processes may use some. */
    private static final int MAX_TRIES = 16;

    private final EphemeralPortOpener sockets;
    private final PortPool pool;

    /**
     * Creates an opener.
     *
     * @param sockets opens the channels
     * @param pool the ports that are in use, in all ranges and by all listeners
     */
    public PortRangeOpener(EphemeralPortOpener sockets, PortPool pool) {
        this.sockets = sockets;
        this.pool = pool;
    }

    @Override
    public Future<Channel> open(ServerTransfer transfer, ChannelHandler initializer) {
        Promise<Channel> opened = sockets.loop().newPromise();
        open(transfer, initializer, MAX_TRIES, opened);
        return opened;
    }

    private void open(ServerTransfer transfer, ChannelHandler initializer, int tries, Promise<Channel> opened) {
        Range range = (Range) transfer.mode();
        OptionalInt free = pool.take(range);
        if (free.isEmpty()) {
            opened.setFailure(
                    new TftpException(ErrorCode.NOT_DEFINED, "all ports of " + range + " are busy, try again"));
            return;
        }
        int port = free.getAsInt();
        sockets.connect(transfer, port, initializer).addListener((ChannelFuture connected) -> {
            boolean isTaken = connected.cause() instanceof IOException;
            if (connected.isSuccess()) {
                connected.channel().closeFuture().addListener(end -> pool.giveBack(range, port));
            } else if (isTaken && tries > 1) {
                open(transfer, initializer, tries - 1, opened);
                pool.giveBack(range, port); // only now, so that another port was tried
                return;
            } else {
                pool.giveBack(range, port);
            }
            TransferChannelOpener.complete(opened, connected);
        });
    }

    @Override
    public int pathMtu(Channel channel) {
        return sockets.pathMtu(channel);
    }
}
