package dev.lockstep.tftp.client.internal.url;

import dev.lockstep.tftp.client.RemoteFile;
import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.URLStreamHandlerProvider;

/** Lets {@link URL} open {@code tftp:} URLs. Loaded by the JDK if this library is on the class path. */
public final class TftpUrlProvider extends URLStreamHandlerProvider {
    /** Called by the JDK. */
    public TftpUrlProvider() {}

    @Override
    public URLStreamHandler createURLStreamHandler(String protocol) {
        return protocol.equals("tftp") ? new Handler() : null;
    }

    private static final class Handler extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            return new TftpUrlConnection(url);
        }

        @Override
        protected int getDefaultPort() {
            return RemoteFile.TFTP_PORT;
        }
    }
}
