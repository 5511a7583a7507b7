package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.TftpOpcode;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.internal.logging.NatWarning;
import dev.lockstep.tftp.server.internal.logging.StatusOutput;
import dev.lockstep.tftp.server.internal.logging.TransferLog;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/**
 * Serves a file of the Java runtime to itself and exits: the training run for the class-data sharing (CDS) archive,
 * started by the launcher. The archive of Java 25, an ahead-of-time (AOT) cache, also has the profiles of the JIT
 * compiler, for which the launcher asks for many transfers.
 */
final class DaemonTrainingRun {
    private static final int LONGEST_WAIT_MILLIS = 60_000;
    /** A file of about 100 KiB that each Java runtime has. */
    private static final Path FILE = Path.of(System.getProperty("java.home"), "lib", "tzdb.dat");

    private static final int BLKSIZE = 8192;
    private static final int HEADER = 4;

    private DaemonTrainingRun() {}

    /**
     * Runs the transfers.
     *
     * @param args the number of transfers; 1 if there is none
     * @throws IOException if the file cannot be served
     */
    public static void main(String[] args) throws IOException {
        int transfers = args.length == 0 ? 1 : Integer.parseInt(args[0]);
        new CommandLine(new TftpdCommand()).parseArgs("--memory", "0");
        new LogOptions().configure();
        InetAddress here = InetAddress.getLoopbackAddress();
        Path file = FILE.toRealPath(); // some distributions have a link here
        Storage files =
                DirectoryStorage.at(file.getParent(), WriteRules.READ_ONLY).servingPrivate(true);
        try (TftpServer server = TftpServer.builder()
                        .storage(files)
                        .listener(new TransferLog())
                        .listener(new NatWarning(peer -> PortMode.EPHEMERAL))
                        .listen(new InetSocketAddress(here, 0))
                        .start();
                DatagramSocket client = new DatagramSocket(0, here)) {
            StartReport.log("", List.of(files), PortMode.EPHEMERAL, null);
            StatusOutput.of(false).listening(server.addresses().get(0), true);
            HangupSignal.handle(() -> {});
            client.setSoTimeout(LONGEST_WAIT_MILLIS);
            for (int n = 0; n < transfers; n++) {
                get(client, server.port(), file.getFileName(), n % 2 == 0 ? 1 : 4);
            }
        }
        Logging.flush();
    }

    private static void get(DatagramSocket client, int port, Path file, int windowsize) throws IOException {
        byte[] request = ("\0\1" + file + "\0octet\0tsize\0000\0blksize\0" + BLKSIZE + "\0windowsize\0" + windowsize
                        + "\0")
                .getBytes(StandardCharsets.ISO_8859_1);
        client.send(new DatagramPacket(request, request.length, client.getLocalAddress(), port));
        byte[] packet = new byte[HEADER + BLKSIZE];
        DatagramPacket reply = new DatagramPacket(packet, packet.length);
        byte[] ack = {0, 4, 0, 0};
        boolean isLast = false;
        while (!isLast) {
            reply.setLength(packet.length);
            client.receive(reply);
            if (packet[1] == TftpOpcode.ERROR) {
                throw new IOException("the file is not served: " + file);
            }
            boolean isData = packet[1] == TftpOpcode.DATA; // the first packet is the OACK
            isLast = isData && reply.getLength() < packet.length;
            if (isLast || !isData || packet[3] % windowsize == 0) {
                ack[3] = isData ? packet[3] : 0;
                client.send(new DatagramPacket(ack, ack.length, reply.getSocketAddress()));
            }
        }
    }
}
