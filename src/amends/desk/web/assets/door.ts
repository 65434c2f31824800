import { start } from "./ground";
import { hours } from "./hours";
import { passkeys } from "./passkeys";

start();
hours();
passkeys();
