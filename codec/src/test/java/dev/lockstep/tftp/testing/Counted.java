package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.transfer.BlockSink;
import dev.lockstep.tftp.transfer.BlockSource;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.Receiver;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.Sender;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.SplittableRandom;

/** The counters of transfers that are over. */
public final class Counted {
    private static final OptionAck OACK = new OptionAck(Options.NONE.with(Options.BLKSIZE, 1428));

    private Counted() {}

    /** One block, in so many nanoseconds. */
    public static TransferStats stats(int octets, long nanos) {
        TransferSettings settings = new TransferSettings(octets + 8, 1, Duration.ZERO, -1, 0);
        Receiver receiver = new Receiver(new DeafWire(), settings, Limits.DEFAULT, timer(), null, new Nowhere(), 0);
        receiver.start(0);
        receiver.receive(new Data(1, Unpooled.wrappedBuffer(new byte[octets])), nanos / 2);
        receiver.stored(nanos);
        return receiver.stats();
    }

    /** Of a sender whose options were taken and whose blocks were not, for so many nanoseconds. */
    public static TransferStats ofBlocksInVain(TransferSettings settings, long nanos) {
        DeafWire wire = new DeafWire();
        BlockSource blocks = () -> Unpooled.wrappedBuffer(new byte[settings.blksize()]);
        Sender sender = new Sender(wire, settings, Limits.DEFAULT, timer(), OACK, blocks, 0);
        sender.start(0);
        sender.receive(new Ack(0), 0);
        return inVain(sender, wire, nanos);
    }

    /** Of a receiver to which no block ever came, for so many nanoseconds. */
    public static TransferStats ofOackInVain(TransferSettings settings, long nanos) {
        DeafWire wire = new DeafWire();
        Receiver receiver = new Receiver(wire, settings, Limits.DEFAULT, timer(), OACK, new Nowhere(), 0);
        receiver.start(0);
        return inVain(receiver, wire, nanos);
    }

    private static TransferStats inVain(Transfer transfer, DeafWire wire, long nanos) {
        while (wire.deadline < nanos) {
            transfer.onDeadline(wire.deadline);
        }
        transfer.peerGone(nanos);
        return transfer.stats();
    }

    private static RetransmissionTimer timer() {
        return new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
    }

    private static final class Nowhere implements BlockSink {
        @Override
        public void offer(ByteBuf block) {}

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void commit() {}
    }

    private static final class DeafWire implements Wire {
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
