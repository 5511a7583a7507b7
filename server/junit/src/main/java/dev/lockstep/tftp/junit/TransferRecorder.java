package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.internal.impairment.ImpairedChannelHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** Records one transfer, from its request to its end. */
@ThreadSafe
final class TransferRecorder {
    private final Recording recording;
    private final RecordedRequest request;
    private final ImpairedTransfer impaired;
    private final PacketLog log = new PacketLog();
    private volatile RecordedTransfer result;

    TransferRecorder(Recording recording, RecordedRequest request, ImpairedTransfer impaired) {
        this.recording = recording;
        this.request = request;
        this.impaired = impaired;
        impaired.logTo(log::add);
    }

    Recording recording() {
        return recording;
    }

    RecordedRequest request() {
        return request;
    }

    /** Returns the result, or null while the transfer is running. */
    RecordedTransfer result() {
        return result;
    }

    /** Returns the handler that logs the packets on the wire. */
    ChannelHandler trace(InetSocketAddress peer, Request message) {
        return TraceForm.DECODED.onServer(log::add).attach(peer, message);
    }

    /** Returns the handler between the wire and the transfer. */
    ChannelHandler impairment() {
        if (impaired.plan() == TransferImpairment.Plan.NONE) {
            return new ChannelInboundHandlerAdapter();
        }
        return new ImpairedChannelHandler(impaired::received, impaired::sent) {
            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                super.handlerAdded(ctx);
                impaired.failWith(cause -> ctx.executor().execute(() -> {
                    TransferHandler transfer = ctx.pipeline().get(TransferHandler.class);
                    if (transfer != null) {
                        transfer.cancel(cause);
                    }
                }));
            }
        };
    }

    /** Returns the ERROR that refuses the request, or null. */
    TftpException refusal() {
        return impaired.plan().errorAfter() == 0 ? impaired.plan().error() : null;
    }

    void refused(TransferEvent.Refused refused) {
        end(new RecordedTransfer(
                request, Outcome.FAILED, Optional.empty(), 0, 0, Optional.of(refused.error()), log.lines()));
    }

    void ended(TransferEvent.Ended ended) {
        end(new RecordedTransfer(
                request,
                ended.outcome(),
                Optional.of(ended.settings()),
                ended.stats().bytes(),
                ended.stats().resends(),
                Optional.ofNullable(ended.cause()),
                log.lines()));
    }

    private void end(RecordedTransfer transfer) {
        result = transfer;
        recording.onEnd(transfer);
    }

    /** Returns the request and the packets, one in each line. */
    List<String> describe() {
        RecordedTransfer ended = result;
        List<String> lines = log.lines(); // also those after the end
        lines.replaceAll(line -> "    " + line);
        lines.add(0, "  " + (ended == null ? request + ": running" : ended));
        return lines;
    }
}
