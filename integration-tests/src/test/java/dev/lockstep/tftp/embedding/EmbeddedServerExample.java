package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Path;

class EmbeddedServerExample {
    static void serve(Path folder, Runnable whileItServes) throws IOException {
        try (TftpServer server = TftpServer.builder()
                .storage(DirectoryStorage.at(folder, WriteRules.READ_ONLY))
                .port(0) // a free one
                .listener(event -> System.out.println(event))
                .start()) {
            System.out.println("Listening port " + server.port());
            whileItServes.run();
        }
    }
}
