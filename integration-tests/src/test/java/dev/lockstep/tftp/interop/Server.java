package dev.lockstep.tftp.interop;

import dev.lockstep.tftp.harness.Await;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A running server: its address and the folder that it serves. */
record Server(Run run, String host, int port, Path root) implements AutoCloseable {

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    String url(String file) {
        return "tftp://" + host + ":" + port + "/" + file;
    }

    /** Waits for a server that does not report its start: requests a missing file until the refusal is received. */
    Server awaitAnswer() {
        byte[] request = "\0\1no-such-file\0octet\0".getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host))) {
            socket.setSoTimeout(200);
            Await.until("a reply of " + this, () -> {
                if (!run.isAlive()) {
                    throw new AssertionError("ended: " + run.await(Peers.LIMIT));
                }
                return answers(socket, request);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private boolean answers(DatagramSocket socket, byte[] request) {
        try {
            socket.send(new DatagramPacket(request, request.length, address()));
            socket.receive(new DatagramPacket(new byte[600], 600));
            return true;
        } catch (SocketTimeoutException | PortUnreachableException notYet) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        run.close();
    }
}
