package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;

/** Makes the content of a file for each request. It may block; other transfers are not affected. */
@FunctionalInterface
@ThreadSafe
@Blocking
public interface RequestedContent {
    /**
     * Returns the content.
     *
     * @param request the request to read the file
     * @return the content, which must not be changed any more; null if there is no such file
     * @throws IOException to refuse the request: a {@code TftpException} is the ERROR to send
     */
    byte[] of(RecordedRequest request) throws IOException;
}
