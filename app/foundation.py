"""What every process stands on: settings, database, keys and folders. No model is loaded here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect

from app.db.engine import make_engine
from app.db.schema import upgrade
from app.db.session import Database
from app.documents.files import FileStore
from app.evidence.adoption import adopt_old_logs
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoints
from app.keys import KeyFileError, MasterKey, has_master_key, load_or_create_master_key, parse_master_key
from app.settings import Settings


@dataclass(frozen=True)
class Foundation:
    """The ground floor of a process; cheap to make, safe to share between threads."""

    settings: Settings
    database: Database
    ledger: Ledger

    def files(self, institution_id: str) -> FileStore:
        """The institution's originals and parses."""
        return FileStore(self.settings.data_dir / "files", institution_id)

    def work_root(self, institution_id: str) -> Path:
        """Where jobs of the institution keep what they have done so far; each removes its own at its end."""
        return self.settings.data_dir / "work" / institution_id

    def rails_folder(self, institution_id: str) -> Path:
        """Where flows of the institution's own lie; ``institution_id`` is one the database knows."""
        return self.settings.data_dir / "institutions" / institution_id / "rails"

    def index_root(self, institution_id: str) -> Path:
        """The folder of the institution's segments and snapshots; ``institution_id`` is one the database knows."""
        return self.settings.data_dir / "index" / institution_id


def lay_foundation(settings: Settings) -> Foundation:
    """Opens the database, bringing its tables up to date, and the keys, making them at the very first start.

    Raises:
        KeyFileError: the master key is damaged, or missing while the database is not empty.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.effective_database_url)
    master = _master_key(settings, engine)
    upgrade(engine)
    checkpoints = Checkpoints(settings.checkpoints_dir, master.signing)
    ledger = Ledger(master, checkpoints, settings.audit_checkpoint_every)
    adopt_old_logs(Database(engine), ledger)
    return Foundation(settings, Database(engine), ledger)


def _master_key(settings: Settings, engine: Engine) -> MasterKey:
    """The configured key. One is made only for a database that holds nothing yet: a lost key is never replaced."""
    if settings.master_key is not None:
        return parse_master_key(settings.master_key.get_secret_value(), "CANDOUR_MASTER_KEY")
    if not has_master_key(settings.keys_dir) and inspect(engine).has_table("audit_entry"):
        raise KeyFileError(
            f"the master key in {settings.keys_dir} is missing, and the database was written with it; "
            "restore it from your backup: nothing stored can be read without it"
        )
    return load_or_create_master_key(settings.keys_dir)
