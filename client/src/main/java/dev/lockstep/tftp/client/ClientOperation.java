package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.NegotiatedTransfer;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.TransferHandler;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.NetasciiSink;
import dev.lockstep.tftp.transfer.NetasciiSource;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferSettings;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** What differs between a get, a put and a probe. Owns the file: a transfer only borrows it, and another may follow. */
sealed interface ClientOperation {
    /** The file on the server. */
    RemoteFile remote();

    /** The tsize to ask with. */
    long tsize();

    /** The first message. */
    Request request(Options asked);

    /** Whether that is how a server begins that ignores all options. */
    boolean isPlainAnswer(TftpMessage message);

    /**
     * Goes on after the answer, on the event loop.
     *
     * @param oack whether the answer was an OACK
     * @throws TftpException if there is to be no transfer; the peer is told
     */
    void begin(ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer agreement, boolean oack)
            throws TftpException;

    /** Whether the file allows another transfer after one that moved nothing. */
    boolean canBeginAgain();

    /** Makes the file ready for that. */
    default void rewind() throws IOException {}

    /** Whether the file's methods may block. */
    default boolean mayBlock() {
        return true;
    }

    /** Closes the file. */
    void close() throws IOException;

    /**
     * A get.
     *
     * @param result after whose completion nothing is committed
     */
    record Download(RemoteFile remote, Sink sink, Future<?> result) implements ClientOperation {
        static Download of(RemoteFile remote, Sink sink, Future<?> result) {
            return new Download(remote, remote.mode() == TransferMode.NETASCII ? new NetasciiSink(sink) : sink, result);
        }

        /** In netascii a size would be that before conversion, after it, or 0, as each server likes: not asked. */
        @Override
        public long tsize() {
            return remote.mode() == TransferMode.NETASCII ? Source.UNKNOWN_SIZE : 0;
        }

        @Override
        public Request request(Options asked) {
            return new ReadRequest(remote.filename(), remote.mode(), asked);
        }

        @Override
        public boolean isPlainAnswer(TftpMessage message) {
            return message instanceof Data data && data.block() == 1;
        }

        @Override
        public void begin(
                ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer agreement, boolean oack) {
            TransferHandler.receiving(context, agreement, oack ? new Ack(0) : null, new LentSink(sink, result))
                    .addTo(pipeline);
        }

        @Override
        public boolean canBeginAgain() {
            return true;
        }

        @Override
        public boolean mayBlock() {
            return sink.mayBlock();
        }

        @Override
        public void close() throws IOException {
            sink.close();
        }
    }

    /** A put. */
    record Upload(RemoteFile remote, Source source) implements ClientOperation {
        static Upload of(RemoteFile remote, Source source) {
            return new Upload(remote, remote.mode() == TransferMode.NETASCII ? new NetasciiSource(source) : source);
        }

        @Override
        public long tsize() {
            return source.size();
        }

        @Override
        public Request request(Options asked) {
            return new WriteRequest(remote.filename(), remote.mode(), asked);
        }

        @Override
        public boolean isPlainAnswer(TftpMessage message) {
            return message instanceof Ack ack && ack.block() == 0;
        }

        @Override
        public void begin(
                ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer agreement, boolean oack) {
            TransferHandler.sending(context, agreement, null, new LentSource(source))
                    .addTo(pipeline);
        }

        @Override
        public boolean canBeginAgain() {
            return source.canRewind();
        }

        @Override
        public void rewind() throws IOException {
            source.rewind();
        }

        @Override
        public boolean mayBlock() {
            return source.mayBlock();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    /** A get that leaves as soon as the options are known. */
    record Probe(RemoteFile remote, CompletableFuture<TransferSettings> granted) implements ClientOperation {
        @Override
        public long tsize() {
            return 0;
        }

        @Override
        public Request request(Options asked) {
            return new ReadRequest(remote.filename(), remote.mode(), asked);
        }

        @Override
        public boolean isPlainAnswer(TftpMessage message) {
            return message instanceof Data data && data.block() == 1;
        }

        @Override
        public void begin(ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer agreement, boolean oack)
                throws TftpException {
            granted.complete(agreement.settings());
            throw new TftpException(ErrorCode.OPTION_REFUSED, "only asked for the options");
        }

        @Override
        public boolean canBeginAgain() {
            return false;
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public void close() {
            // no file is open
        }
    }
}
