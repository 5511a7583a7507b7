package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.BlockSink;
import dev.lockstep.tftp.transfer.BlockSource;
import dev.lockstep.tftp.transfer.Receiver;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.Sender;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.SplittableRandom;

/** Counters of finished transfers. */
public final class Counted {
    private static final OptionAck OACK = new OptionAck(Options.NONE.with(KnownOption.BLKSIZE.with(1428)));

    private Counted() {}

    /**
     * Returns the counters of a receiver of one block.
     *
     * @param bytes the length of the block
     * @param nanos the duration in nanoseconds
     */
    public static TransferStats stats(int bytes, long nanos) {
        TransferSettings settings =
                TransferSettings.builder().blksize(bytes + 8).build();
        Receiver receiver = new Receiver(
                new DiscardingWire(), settings, TransferLimits.DEFAULT, timer(), null, new DiscardingSink(), 0);
        receiver.start(0);
        receiver.receive(new Data(1, Unpooled.wrappedBuffer(new byte[bytes])), nanos / 2);
        receiver.stored(nanos);
        return receiver.stats();
    }

    /**
     * Returns the counters of a sender that received the ACK of its OACK, but no ACK of a block.
     *
     * @param nanos the duration in nanoseconds
     */
    public static TransferStats ofBlocksInVain(TransferSettings settings, long nanos) {
        DiscardingWire wire = new DiscardingWire();
        BlockSource blocks = () -> Unpooled.wrappedBuffer(new byte[settings.blksize()]);
        Sender sender = new Sender(wire, settings, TransferLimits.DEFAULT, timer(), OACK, blocks, 0);
        sender.start(0);
        sender.receive(new Ack(0), 0);
        return withoutReply(sender, wire, nanos);
    }

    /**
     * Returns the counters of a receiver that sent an OACK and received no block.
     *
     * @param nanos the duration in nanoseconds
     */
    public static TransferStats ofOackInVain(TransferSettings settings, long nanos) {
        DiscardingWire wire = new DiscardingWire();
        Receiver receiver =
                new Receiver(wire, settings, TransferLimits.DEFAULT, timer(), OACK, new DiscardingSink(), 0);
        receiver.start(0);
        return withoutReply(receiver, wire, nanos);
    }

    private static TransferStats withoutReply(Transfer transfer, DiscardingWire wire, long nanos) {
        while (wire.deadline < nanos) {
            transfer.onDeadline(wire.deadline);
        }
        transfer.peerGone(nanos);
        return transfer.stats();
    }

    private static RetransmissionTimer timer() {
        return new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
    }

    private static final class DiscardingSink implements BlockSink {
        @Override
        public void offer(ByteBuf block) {}

        @Override
        public boolean requestRoom() {
            return true;
        }

        @Override
        public void commit() {}
    }

    private static final class DiscardingWire implements Wire {
        private long deadline;

        @Override
        public void send(TftpMessage message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void awaitReply(long moment) {
            deadline = moment;
        }

        @Override
        public void finish(Outcome outcome, TftpException cause) {}

        @Override
        public void close() {}
    }
}
