package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.internal.logging.NatWarning;
import dev.lockstep.tftp.server.internal.logging.StatusOutput;
import dev.lockstep.tftp.server.internal.logging.TransferLog;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * Serves one small file and exits: the training run for the class-data sharing (CDS) archive, started by the launcher.
 */
final class DaemonTrainingRun {
    private static final int LONGEST_WAIT_MILLIS = 5_000;

    private DaemonTrainingRun() {}

    public static void main(String[] args) throws IOException {
        new CommandLine(new TftpdCommand()).parseArgs("--memory", "0");
        new LogOptions().configure();
        InetAddress here = InetAddress.getLoopbackAddress();
        MemoryStorage files = new MemoryStorage(1, WriteRules.READ_ONLY);
        files.put("f", new byte[1]);
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
            byte[] request = "\0\1f\0octet\0tsize\0000\0".getBytes(StandardCharsets.ISO_8859_1);
            client.send(new DatagramPacket(request, request.length, here, server.port()));
            DatagramPacket answer = new DatagramPacket(new byte[1024], 1024);
            client.receive(answer); // the OACK
            client.send(new DatagramPacket(new byte[] {0, 4, 0, 0}, 4, answer.getSocketAddress()));
            client.receive(answer); // DATA 1
            client.send(new DatagramPacket(new byte[] {0, 4, 0, 1}, 4, answer.getSocketAddress()));
        }
        Logging.flush();
    }
}
