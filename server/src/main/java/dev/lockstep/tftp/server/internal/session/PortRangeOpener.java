package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.PortMode.Range;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/** Opens each channel on a free port of the range that the port mode of the transfer names. */
public final class PortRangeOpener extends EphemeralPortOpener {
    /** Limit of the ports of a range that are tried, since other processes may use some. */
    private static final int MAX_TRIES = 16;

    private final PortPool pool;

    /**
     * Creates an opener for the transfers of a listener on the given event loop.
     *
     * @param pool the ports that are in use, in all ranges and by all listeners
     */
    public PortRangeOpener(EventLoop loop, Transport transport, PortPool pool) {
        super(loop, transport);
        this.pool = pool;
    }

    @Override
    public void open(ServerTransfer transfer, ChannelHandler initializer, BiConsumer<Channel, Throwable> opened) {
        open(transfer, initializer, opened, MAX_TRIES);
    }

    private void open(
            ServerTransfer transfer, ChannelHandler initializer, BiConsumer<Channel, Throwable> opened, int tries) {
        Range range = (Range) transfer.mode();
        OptionalInt free = pool.take(range);
        if (free.isEmpty()) {
            String busy = "all ports of " + range + " are busy, try again";
            opened.accept(null, new TftpException(ErrorCode.NOT_DEFINED, busy));
            return;
        }
        int port = free.getAsInt();
        connect(transfer, port, initializer).addListener((ChannelFuture connected) -> {
            boolean isTaken = connected.cause() instanceof IOException;
            if (connected.isSuccess()) {
                connected.channel().closeFuture().addListener(end -> pool.giveBack(range, port));
            } else if (isTaken && tries > 1) {
                open(transfer, initializer, opened, tries - 1);
                pool.giveBack(range, port); // only now, so that another port was tried
                return;
            } else {
                pool.giveBack(range, port);
            }
            opened.accept(connected.channel(), connected.cause());
        });
    }
}
