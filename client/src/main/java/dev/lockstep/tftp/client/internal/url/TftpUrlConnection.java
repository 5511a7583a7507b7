package dev.lockstep.tftp.client.internal.url;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.io.Source;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.time.Duration;

/**
 * A connection of one transfer. It has a client of its own, which is closed with its stream, or at the end of the file. An
 * upload ({@code doOutput}) is sent when its stream is closed, which fails if the upload does.
 */
@Blocking
final class TftpUrlConnection extends URLConnection {
    private final URI remote;
    private InputStream in;
    private OutputStream out;
    /** The failure of the first attempt to connect, which later calls report as well. */
    private IOException refusal;

    private volatile long size = Source.UNKNOWN_SIZE;

    /**
     * Creates a connection that sends nothing yet.
     *
     * @throws MalformedURLException if the URL is not that of a file on a TFTP server
     */
    TftpUrlConnection(URL url) throws MalformedURLException {
        super(url);
        try {
            this.remote = URI.create(url.toExternalForm());
        } catch (IllegalArgumentException e) {
            throw (MalformedURLException) new MalformedURLException(e.getMessage()).initCause(e);
        }
    }

    private TftpClient client() {
        TftpClientBuilder builder = TftpClient.builder();
        return (getConnectTimeout() > 0 ? builder.connectTimeout(Duration.ofMillis(getConnectTimeout())) : builder)
                .build();
    }

    @Override
    public void connect() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        if (connected) {
            return;
        }
        connected = true;
        if (getDoOutput()) {
            return;
        }
        TftpClient client = client();
        try {
            InputStream content = client.getStream(remote, event -> {
                if (event instanceof TransferEvent.Started started) {
                    size = started.settings().tsize();
                }
            });
            in = new ClosingStream(content, client);
        } catch (IOException | RuntimeException e) {
            client.close();
            refusal = failure(e);
            throw refusal;
        }
    }

    private IOException failure(Exception e) {
        if (e instanceof TftpException refusal && refusal.is(ErrorCode.FILE_NOT_FOUND)) {
            return (IOException) new FileNotFoundException(url + ": " + e.getMessage()).initCause(e);
        }
        return e instanceof IOException known
                ? known
                : (IOException) new MalformedURLException(e.getMessage()).initCause(e);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        if (getDoOutput()) {
            throw new ProtocolException("no input (expected: doOutput is false)");
        }
        connect();
        return in;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        if (!getDoOutput()) {
            throw new ProtocolException("no output (expected: doOutput is true)");
        }
        connect();
        if (out == null) {
            out = new Upload();
        }
        return out;
    }

    /** Returns the size that the server has announced, or -1. */
    @Override
    public long getContentLengthLong() {
        try {
            connect();
        } catch (IOException ignored) {
            // the stream reports it
        }
        return size;
    }

    @Override
    public String getContentType() {
        return guessContentTypeFromName(url.getPath());
    }

    /** Closes the client with the stream, or at its end. */
    private static final class ClosingStream extends FilterInputStream {
        private final TftpClient client;
        private boolean isAtEnd;

        ClosingStream(InputStream content, TftpClient client) {
            super(content);
            this.client = client;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (isAtEnd) {
                return -1;
            }
            int count = super.read(to, offset, length);
            isAtEnd = count < 0;
            if (isAtEnd) {
                client.close();
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            super.close();
            client.close();
        }
    }

    /** Collects the content, whose size is then known, and sends it when the stream is closed. */
    private final class Upload extends ByteArrayOutputStream {
        private boolean isSent;

        @Override
        public void close() throws IOException {
            if (isSent) {
                return;
            }
            isSent = true;
            try (TftpClient client = client()) {
                client.put(toByteArray(), remote);
            } catch (IOException | IllegalArgumentException e) {
                throw failure(e);
            }
        }
    }
}
