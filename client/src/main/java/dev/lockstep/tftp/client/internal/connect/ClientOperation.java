package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.NetasciiSink;
import dev.lockstep.tftp.io.NetasciiSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A get, a put or a probe. Owns the file: its transfer does not close it, so that another transfer may follow. */
public sealed interface ClientOperation {
    /** Returns the file on the server. */
    RemoteFile remote();

    /**
     * Returns the value of the tsize option to request: the size of the file in bytes, 0 to learn it, or {@link
     * Source#UNKNOWN_SIZE} to leave the option out.
     */
    long tsize();

    /** Returns the request with the given options. */
    default Request request(Options asked) {
        return new ReadRequest(remote().filename(), remote().mode(), asked);
    }

    /** Returns whether the message is the first reply of a server that ignores all options. */
    default boolean isPlainReply(TftpMessage message) {
        return message instanceof Data data && data.block() == 1;
    }

    /**
     * Begins the transfer after the server's reply.
     *
     * @param oack whether the reply was an OACK
     * @throws TftpException if the transfer must not begin; its ERROR is sent to the peer
     */
    @EventLoop
    void begin(ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer negotiated, boolean oack)
            throws TftpException;

    /** Returns whether the file can be transferred again after an attempt that moved no data. */
    boolean canBeginAgain();

    /** Prepares the file for another attempt. */
    default void rewind() throws IOException {}

    /** Returns whether the file's methods may block. */
    default boolean mayBlock() {
        return true;
    }

    /** Closes the file. */
    void close() throws IOException;

    /** A get. */
    record Download(RemoteFile remote, Sink sink) implements ClientOperation {
        /**
         * Returns a get.
         *
         * @param result once it is complete, nothing is committed
         */
        public static Download of(RemoteFile remote, Sink sink, Future<?> result) {
            Sink cancellable = new ForwardingSink(sink) {
                @Override
                public void commit() throws IOException {
                    if (result.isDone()) {
                        throw new TftpException(ErrorCode.NOT_DEFINED, "cancelled");
                    }
                    super.commit();
                }
            };
            boolean netascii = remote.mode() == TransferMode.NETASCII;
            return new Download(remote, netascii ? new NetasciiSink(cancellable) : cancellable);
        }

        /**
         * {@inheritDoc}
         *
         * <p>In netascii the tsize of a server may be the size before conversion, the size after it, or 0. It is not
         * requested.
         */
        @Override
        public long tsize() {
            return remote.mode() == TransferMode.NETASCII ? Source.UNKNOWN_SIZE : 0;
        }

        @Override
        public void begin(
                ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer negotiated, boolean oack) {
            TransferHandler.receiving(context, negotiated, oack ? new Ack(0) : null, sink)
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
        public static Upload of(RemoteFile remote, Source source) {
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
        public boolean isPlainReply(TftpMessage message) {
            return message instanceof Ack ack && ack.block() == 0;
        }

        @Override
        public void begin(
                ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer negotiated, boolean oack) {
            TransferHandler.sending(context, negotiated, null, source).addTo(pipeline);
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

    /** A get that ends with ERROR 8 as soon as the options are known. */
    record Probe(RemoteFile remote, CompletableFuture<TransferSettings> granted) implements ClientOperation {
        @Override
        public long tsize() {
            return 0;
        }

        @Override
        public void begin(
                ChannelPipeline pipeline, TransferContext context, NegotiatedTransfer negotiated, boolean oack)
                throws TftpException {
            granted.complete(negotiated.settings());
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
