import { start } from "./ground";
import { passkeys } from "./passkeys";

start();
passkeys();
