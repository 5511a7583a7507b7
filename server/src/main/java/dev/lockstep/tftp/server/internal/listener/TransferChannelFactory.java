package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.session.EphemeralPortOpener;
import dev.lockstep.tftp.server.internal.session.EvictionQueue.Verdict;
import dev.lockstep.tftp.server.internal.session.FileOpenQueue;
import dev.lockstep.tftp.server.internal.session.PortRangeOpener;
import dev.lockstep.tftp.server.internal.session.ServerHandshake;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import dev.lockstep.tftp.server.internal.session.SilentPeerFilter;
import dev.lockstep.tftp.server.internal.session.TransferChannelOpener;
import dev.lockstep.tftp.server.internal.validation.AmplificationLimiter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Opens the channel of each transfer of a listener on the listener's event loop, and builds its pipeline. Without a free
 * socket or port, it first evicts an upload that is complete, or a transfer whose peer is not validated.
 */
@EventLoop
final class TransferChannelFactory {
    private final ListenerContext shared;
    private final io.netty.channel.EventLoop loop;
    private final TransferChannelOpener ephemeralPorts;
    private final TransferChannelOpener portRanges;
    private final TransferChannelOpener sharedPorts;
    private final Consumer<ServerTransfer> onClosed;
    private final BiConsumer<ServerTransfer, TftpException> onFailure;

    /**
     * Creates the openers for all port modes.
     *
     * @param listener the channel of the listening port
     * @param onClosed called when the channel of a transfer is closed
     * @param onFailure called instead of {@code onClosed} when a transfer cannot have a channel, with the ERROR to send
     */
    TransferChannelFactory(
            ListenerContext shared,
            Channel listener,
            SharedPortDemultiplexer sharedPort,
            Consumer<ServerTransfer> onClosed,
            BiConsumer<ServerTransfer, TftpException> onFailure) {
        this.shared = shared;
        this.loop = listener.eventLoop();
        this.onClosed = onClosed;
        this.onFailure = onFailure;
        ephemeralPorts = new EphemeralPortOpener(loop, shared.transport());
        portRanges = new PortRangeOpener(loop, shared.transport(), shared.ports());
        sharedPorts = new SharedPortOpener(listener, sharedPort, shared.transport());
    }

    /** Opens the channel of a transfer. */
    void open(ServerTransfer transfer) {
        TransferChannelOpener opener = openerFor(transfer.mode());
        opener.open(transfer, initializer(transfer, opener), (channel, failure) -> {
            if (failure == null) {
                channel.closeFuture().addListener(closed -> onClosed.accept(transfer));
            } else {
                loop.execute(() -> onNoChannel(transfer, failure));
            }
        });
    }

    private TransferChannelOpener openerFor(PortMode mode) {
        if (mode instanceof PortMode.Range) {
            return portRanges;
        }
        return mode instanceof PortMode.Single ? sharedPorts : ephemeralPorts;
    }

    private ChannelHandler initializer(ServerTransfer transfer, TransferChannelOpener opener) {
        RequestSettings settings = transfer.settings();
        FileOpenQueue openings = shared.openings().apply(settings.storage());
        TransferContext context = shared.transfers()
                .withListener(transfer.watchedBy(shared.transfers().listener(), shared.dallying()));
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                transfer.opened(channel);
                ChannelPipeline pipeline = channel.pipeline();
                for (PacketTap tap : shared.config().taps()) {
                    pipeline.addLast(
                            channel instanceof PeerChannel
                                    ? tap.attachToShared(transfer.peer(), transfer.request())
                                    : tap.attach(transfer.peer(), transfer.request()));
                }
                pipeline.addLast(new AmplificationLimiter(transfer.validation()), TftpDatagramCodec.INSTANCE);
                if (shared.config().replica()) {
                    pipeline.addLast(new SilentPeerFilter(transfer));
                }
                pipeline.addLast(new ServerHandshake(transfer, context, openings, opener));
            }
        };
    }

    /** Called when the system provides no socket for a transfer, or all ports of a range are in use. */
    private void onNoChannel(ServerTransfer transfer, Throwable failure) {
        ServerTransfer evicted = transfer.isAbandoned() ? null : evictFor(transfer.mode());
        if (evicted != null) {
            evicted.whenClosed(() -> loop.execute(() -> open(transfer)));
            return;
        }
        TftpException cause = failure instanceof TftpException known
                ? known
                : new TftpException(ErrorCode.NOT_DEFINED, "server is out of sockets, try again", failure);
        onFailure.accept(transfer, cause);
    }

    /**
     * Evicts a dallying upload, or else a transfer with an unvalidated peer.
     *
     * @return the evicted transfer, or null if there is none
     */
    private ServerTransfer evictFor(PortMode mode) {
        ServerTransfer finished =
                shared.dallying().evictFirst(other -> other.holdsWhatIsNeededFor(mode) ? Verdict.EVICT : Verdict.KEEP);
        return finished != null
                ? finished
                : shared.validation()
                        .evictOldest(
                                other -> other.holdsWhatIsNeededFor(mode),
                                loop.ticker().nanoTime());
    }
}
